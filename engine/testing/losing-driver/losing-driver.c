/*
 * A Vulkan driver that loses its device on demand: it hands every call on to the driver named in LOSING_DRIVER_OF, until the
 * file named in LOSING_DRIVER_WHEN exists. From then on work is refused with VK_ERROR_DEVICE_LOST, as after a card was taken
 * out or its driver restarted.
 *
 * Interface between Vulkan's loader and a driver: LoaderDriverInterface.md of KhronosGroup/Vulkan-Loader.
 */
#include <dlfcn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define VK_ERROR_DEVICE_LOST (-4)

typedef void (*Function)(void);
typedef Function (*Lookup)(void *object, const char *name);

static void *driver(void) {
  static void *library;
  const char *path = getenv("LOSING_DRIVER_OF");
  if (library == NULL && path != NULL) library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
  if (library == NULL) {
    fprintf(stderr, "losing-driver: LOSING_DRIVER_OF names no driver: %s\n", path ? dlerror() : "not set");
    abort();
  }
  return library;
}

static int is_lost(void) {
  const char *when = getenv("LOSING_DRIVER_WHEN");
  return when != NULL && access(when, F_OK) == 0;
}

/* A call that fails once the device is lost. Handles of devices and queues are pointers, the others are 64 bits wide. */
#define LOSABLE(NAME, PARAMETERS, ARGUMENTS)                                   \
  static int(*real_##NAME) PARAMETERS;                                         \
  static int losing_##NAME PARAMETERS {                                        \
    return is_lost() ? VK_ERROR_DEVICE_LOST : real_##NAME ARGUMENTS;           \
  }

LOSABLE(vkQueueSubmit, (void *queue, uint32_t n, const void *submits, uint64_t fence), (queue, n, submits, fence))
LOSABLE(vkQueueSubmit2, (void *queue, uint32_t n, const void *submits, uint64_t fence), (queue, n, submits, fence))
LOSABLE(vkQueueWaitIdle, (void *queue), (queue))
LOSABLE(vkDeviceWaitIdle, (void *device), (device))
LOSABLE(vkGetFenceStatus, (void *device, uint64_t fence), (device, fence))
LOSABLE(vkWaitForFences, (void *device, uint32_t n, const uint64_t *fences, uint32_t all, uint64_t timeout),
        (device, n, fences, all, timeout))

static Lookup real_device_lookup;

static Function device_lookup(void *device, const char *name) {
  Function found = real_device_lookup(device, name);
#define REPLACE(NAME)                                                          \
  if (found != NULL && strcmp(name, #NAME) == 0) {                             \
    real_##NAME = (void *)found;                                               \
    return (Function)losing_##NAME;                                            \
  }
  REPLACE(vkQueueSubmit)
  REPLACE(vkQueueSubmit2)
  REPLACE(vkQueueWaitIdle)
  REPLACE(vkDeviceWaitIdle)
  REPLACE(vkGetFenceStatus)
  REPLACE(vkWaitForFences)
  return found;
}

Function vk_icdGetInstanceProcAddr(void *instance, const char *name) {
  Function found = ((Lookup)dlsym(driver(), "vk_icdGetInstanceProcAddr"))(instance, name);
  if (found == NULL || strcmp(name, "vkGetDeviceProcAddr") != 0) return found;
  real_device_lookup = (Lookup)found;
  return (Function)device_lookup;
}

Function vk_icdGetPhysicalDeviceProcAddr(void *instance, const char *name) {
  Lookup real = (Lookup)dlsym(driver(), "vk_icdGetPhysicalDeviceProcAddr");
  return real == NULL ? NULL : real(instance, name);
}

int vk_icdNegotiateLoaderICDInterfaceVersion(uint32_t *version) {
  int (*real)(uint32_t *) = (int (*)(uint32_t *))dlsym(driver(), "vk_icdNegotiateLoaderICDInterfaceVersion");
  return real == NULL ? 0 : real(version);
}
