/* syncfs(2), which glibc declares only with _GNU_SOURCE, and Swift's Glibc leaves out. */
int syncfs(int descriptor);
