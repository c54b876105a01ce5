/*
 * runner PROGRAM CONFIGURATION COMMAND FIRST COUNT NAMESPACES: executes a CNI plugin COUNT times as a runtime does, for containers b<FIRST> ..., in the
 * namespaces /run/netns/<NAMESPACES><number>, one after another; prints for each the nanoseconds from before the fork to the exit, the exit status, and when it
 * began (nanoseconds of the monotonic clock).
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

extern char **environ;

int main(int argc, char **argv) {
    if (argc != 7) return 2;
    int first = atoi(argv[4]), count = atoi(argv[5]);
    static char command[64], container[64], netns[256];
    snprintf(command, sizeof command, "CNI_COMMAND=%s", argv[3]);
    putenv(command);
    putenv((char *) "CNI_IFNAME=eth0");
    for (int i = first; i < first + count; i++) {
        snprintf(container, sizeof container, "CNI_CONTAINERID=b%d", i);
        snprintf(netns, sizeof netns, "CNI_NETNS=/run/netns/%s%d", argv[6], i);
        putenv(container);
        putenv(netns);
        posix_spawn_file_actions_t files;
        posix_spawn_file_actions_init(&files);
        posix_spawn_file_actions_addopen(&files, 0, argv[2], O_RDONLY, 0);
        posix_spawn_file_actions_addopen(&files, 1, "/dev/null", O_WRONLY, 0);
        char *words[] = {argv[1], NULL};
        struct timespec a, b;
        clock_gettime(CLOCK_MONOTONIC, &a);
        pid_t pid;
        int status = 0;
        if (posix_spawn(&pid, argv[1], &files, NULL, words, environ) != 0) return 3;
        waitpid(pid, &status, 0);
        clock_gettime(CLOCK_MONOTONIC, &b);
        posix_spawn_file_actions_destroy(&files);
        printf("%lld %d %lld\n", (b.tv_sec - a.tv_sec) * 1000000000LL + b.tv_nsec - a.tv_nsec, WIFEXITED(status) ? WEXITSTATUS(status) : 255,
               a.tv_sec * 1000000000LL + a.tv_nsec);
    }
    return 0;
}
