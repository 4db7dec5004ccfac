/* Sends one request again and again on keep-alive connections and reads replies without a body: HEAD, for which wrk
   and h2load wait for the body that Content-Length promises. Prints how many there were. */
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec + time.tv_nsec / 1e9;
}

static void check(int right, const char *what) {
    if (!right) { fprintf(stderr, "heads: %s\n", what); exit(1); }
}

int main(int count, char **arguments) {
    check(count == 4, "usage: heads PORT CONNECTIONS SECONDS <REQUEST");
    static char request[4096], reply[65536];
    long length = fread(request, 1, sizeof request, stdin), replies = 0;
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(atoi(arguments[1]))};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int poll = epoll_create1(0);
    for (int number = 0; number < atoi(arguments[2]); number++) {
        struct epoll_event event = {.events = EPOLLIN, .data.fd = socket(AF_INET, SOCK_STREAM, 0)};
        check(connect(event.data.fd, (void *)&address, sizeof address) == 0, "cannot connect");
        check(epoll_ctl(poll, EPOLL_CTL_ADD, event.data.fd, &event) == 0, "cannot poll");
        check(send(event.data.fd, request, length, 0) == length, "cannot send");
    }
    double end = now() + atof(arguments[3]);
    while (now() < end) {
        struct epoll_event ready[64];
        int some = epoll_wait(poll, ready, 64, 100);
        for (int number = 0; number < some; number++) {
            long got = recv(ready[number].data.fd, reply, sizeof reply, 0);
            /* A head comes in one segment on loopback; one that does not would be an error and not a wrong figure. */
            check(got > 16 && !memcmp(reply + got - 4, "\r\n\r\n", 4), "a reply is no head, or not whole");
            check(reply[9] == '2' || reply[9] == '3', "a reply is no success");
            replies++;
            check(send(ready[number].data.fd, request, length, 0) == length, "cannot send");
        }
    }
    printf("%ld\n", replies);
}
