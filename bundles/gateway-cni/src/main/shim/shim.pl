#!/usr/bin/perl
# The CNI plugin where there was no C compiler: says what shim.c says, ten times slower. Needs perl-base alone.
use strict;
use warnings;
use Socket;

my $path = $ENV{TOMBOLO_CNI_SOCKET} // '/run/tombolo/cni.sock';
my $refusal = ($ENV{CNI_COMMAND} // '') eq 'STATUS' ? 50 : 11;
my $configuration = '';

sub refuse {
    my ($code, $message, $details) = @_;
    my ($version) = $configuration =~ /"cniVersion"\s*:\s*"([0-9.]{1,16})"/;
    print '{"cniVersion":"' . ($version // '0.1.0') . '","code":' . $code . ',"msg":"' . $message . '","details":"' . $details . "\"}\n";
    exit 1;
}

binmode STDIN;
binmode STDOUT;
while (read(STDIN, my $piece, 65536)) {
    $configuration .= $piece;
    refuse(7, 'the network configuration is longer than 1 MiB', '') if length $configuration > 1 << 20;
}
my ($name) = $0 =~ m{([^/]*)$};
my $environment = join '', map { "$_\0" } $name, map { "$_=$ENV{$_}" } grep { /^CNI_/ } sort keys %ENV;
refuse(4, 'the CNI_ variables are longer than 64 KiB', '') if length $environment > 64 << 10;
$SIG{PIPE} = 'IGNORE';
$SIG{ALRM} = sub { refuse($refusal, 'the gateway did not answer; try again later', "it took too long on $path") };
alarm 60;
socket(my $socket, PF_UNIX, SOCK_STREAM, 0) or refuse(5, 'no socket can be made', '');
connect($socket, sockaddr_un($path)) or refuse($refusal, 'the gateway is not running; try again later', "nobody listens on $path");
binmode $socket;
my $request = pack('a4NNN', 'TCNI', 1, length $environment, length $configuration) . $environment . $configuration;
while (length $request) {
    my $sent = syswrite($socket, $request) or refuse($refusal, 'the gateway did not answer; try again later', "it closed the connection on $path");
    substr($request, 0, $sent, '');
}
my $answer = '';
while (sysread($socket, my $piece, 65536)) { $answer .= $piece }
my ($magic, $status, $length) = length $answer >= 12 ? unpack('a4NN', $answer) : ('', 1, 0);
refuse($refusal, 'the gateway did not answer; try again later', "it closed the connection on $path") if $magic ne 'TCNI';
print substr($answer, 12, $length);
exit $status;
