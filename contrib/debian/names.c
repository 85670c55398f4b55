/* One executable that serves under three names: the programs share nearly all of their code, and one copy of it is enough. */
#include <string.h>

int zegod_main(int, char **);
int zegoctl_main(int, char **);
int zego_roomd_main(int, char **);

int main(int argc, char **argv) {
    const char *name = argc > 0 && argv[0] ? argv[0] : "";
    const char *slash = strrchr(name, '/');
    if (slash)
        name = slash + 1;
    if (strcmp(name, "zegoctl") == 0)
        return zegoctl_main(argc, argv);
    if (strcmp(name, "zego-roomd") == 0)
        return zego_roomd_main(argc, argv);
    return zegod_main(argc, argv);
}
