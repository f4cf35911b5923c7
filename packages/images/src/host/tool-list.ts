// What the host image holds where the host has it. Names only: PATH decides which file each one is.

const shells = 'sh bash dash ash busybox';

const coreutils = `
  [ arch b2sum base32 base64 basename basenc cat chgrp chmod chown chroot cksum comm cp csplit cut date dd df
  dir dircolors dirname du echo env expand expr factor false fmt fold groups head hostid id install join link
  ln logname ls md5sum mkdir mkfifo mknod mktemp mv nice nl nohup nproc numfmt od paste pathchk pr printenv
  printf ptx pwd readlink realpath rm rmdir seq sha1sum sha224sum sha256sum sha384sum sha512sum shred shuf
  sleep sort split stat stdbuf stty sum sync tac tail tee test timeout touch tr true truncate tsort tty uname
  unexpand uniq unlink users vdir wc who whoami yes`;

const textTools = 'awk mawk gawk grep egrep fgrep sed diff cmp find xargs which bc dc';

const archives = 'tar gzip gunzip zcat bzip2 bunzip2 bzcat xz unxz xzcat zstd';

const processes = `
  ps top htop free vmstat uptime pgrep pkill pidof pidwait pmap pwdx slabtop w watch sysctl kill killall pstree
  fuser lsof strace time stress stress-ng`;

const kernelTools = `
  mount umount mountpoint findmnt lsblk lscpu lsns nsenter unshare setpriv prlimit taskset chrt ionice renice
  flock setsid dmesg hexdump column rev getopt logger uuidgen ipcs ipcmk ipcrm pivot_root switch_root
  capsh getpcaps getcap setcap getent ldd hostname dnsdomainname`;

const network = 'ip ss bridge tc ping ping6 ifconfig route netstat arp nc socat';

const terminal = 'vi vim nano ed less more clear tput reset tset';

/** The tools of the image called `host`, sorted; `sh` alone is required. */
export const hostTools: readonly string[] = [
  ...new Set(
    [shells, coreutils, textTools, archives, processes, kernelTools, network, terminal].flatMap((names) =>
      names.trim().split(/\s+/),
    ),
  ),
].sort();
