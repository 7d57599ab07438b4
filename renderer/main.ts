/** Entry of the window. */
import '@fontsource-variable/inter'
import '@fontsource-variable/jetbrains-mono'
import { mount } from 'svelte'
import App from './App.svelte'
import './styles/app.css'

const target = document.getElementById('app')
if (target === null) throw new Error('index.html has no element "app"')

export default mount(App, { target })
