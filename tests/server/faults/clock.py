"""A wall clock that jumps: a library before libc that shifts it for one process and its children, while they run."""

import shutil
import struct
import subprocess
from pathlib import Path

SOURCE = r"""
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <semaphore.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <time.h>

static volatile long *shift;
static int (*real_gettime)(clockid_t, struct timespec *);
static int (*real_timedwait)(sem_t *, const struct timespec *);

__attribute__((constructor)) static void begin(void) {
  const char *path = getenv("SHIFTED_CLOCK");
  int file = path ? open(path, O_RDONLY) : -1;
  void *seen = file < 0 ? MAP_FAILED : mmap(0, sizeof(long), PROT_READ, MAP_SHARED, file, 0);
  shift = seen == MAP_FAILED ? 0 : seen;
  real_gettime = dlsym(RTLD_NEXT, "clock_gettime");
  real_timedwait = dlsym(RTLD_NEXT, "sem_timedwait");
}

int clock_gettime(clockid_t clock, struct timespec *now) {
  if (!real_gettime) real_gettime = dlsym(RTLD_NEXT, "clock_gettime");
  int failed = real_gettime(clock, now);
  if (!failed && shift && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE)) now->tv_sec += *shift;
  return failed;
}

int gettimeofday(struct timeval *restrict now, void *restrict zone) {
  struct timespec exact;
  clock_gettime(CLOCK_REALTIME, &exact);
  now->tv_sec = exact.tv_sec;
  now->tv_usec = exact.tv_nsec / 1000;
  return 0;
}

time_t time(time_t *now) {
  struct timespec exact;
  clock_gettime(CLOCK_REALTIME, &exact);
  if (now) *now = exact.tv_sec;
  return exact.tv_sec;
}

/* the kernel's own clock does not jump, so neither may a deadline that is given to it */
int sem_timedwait(sem_t *semaphore, const struct timespec *deadline) {
  struct timespec meant = *deadline;
  if (shift) meant.tv_sec -= *shift;
  return real_timedwait(semaphore, &meant);
}
"""


class Clock:
    def __init__(self, folder: Path) -> None:
        """In a folder that the processes of another user can read."""
        self._shift = folder / "clock.shift"
        self._library = folder / "clock.so"
        self._shift.write_bytes(struct.pack("<q", 0))
        self._shift.chmod(0o644)
        source = folder / "clock.c"
        source.write_text(SOURCE)
        compiler = shutil.which("cc")
        assert compiler is not None, "the clock's rows need a C compiler"
        subprocess.run([compiler, "-shared", "-fPIC", "-O1", "-o", self._library, source, "-ldl"], check=True)
        self._library.chmod(0o755)

    @property
    def environment(self) -> dict[str, str]:
        return {"LD_PRELOAD": str(self._library), "SHIFTED_CLOCK": str(self._shift)}

    def jump(self, seconds: int) -> None:
        with self._shift.open("r+b") as file:
            file.write(struct.pack("<q", seconds))
