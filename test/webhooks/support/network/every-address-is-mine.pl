# In a network namespace of its own: brings `lo` up and makes every IPv4 and IPv6 address one of this machine, so that whoever
# is dialled is heard. Perl, because it is on every Debian, and `ip` is not (ip route add local default dev lo, and with -6).
use strict;
use warnings;
use Socket;

socket(my $any, AF_INET, SOCK_DGRAM, 0) or die "socket: $!";
my $up_and_running = 0x41;
ioctl($any, 0x8914, pack('a16 s x14', 'lo', $up_and_running)) or die "SIOCSIFFLAGS: $!";

socket(my $netlink, 16, SOCK_RAW, 0) or die "netlink: $!";
for my $family (AF_INET, 10) {
    # rtnetlink(7): struct rtmsg {family, lengths, tos, table local, protocol static, scope host, type local}, attribute RTA_OIF 1
    my $route = pack('C8 L', $family, 0, 0, 0, 255, 4, 254, 2, 0) . pack('S S L', 8, 4, 1);
    my $request_create_ack = 0x0405;
    send($netlink, pack('L S S L L', 16 + length $route, 24, $request_create_ack, 1, 0) . $route, 0, pack('S S L L', 16, 0, 0, 0))
        or die "RTM_NEWROUTE: $!";
    recv($netlink, my $answer, 4096, 0);
    my $error = (unpack('L S S L L l', $answer))[5];
    die "RTM_NEWROUTE: errno " . -$error if $error != 0;
}
