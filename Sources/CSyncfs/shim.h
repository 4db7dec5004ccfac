/* What Swift's Glibc leaves out: fstatfs(2), and syncfs(2), which glibc declares only with _GNU_SOURCE. */
#include <sys/vfs.h>
int syncfs(int descriptor);
