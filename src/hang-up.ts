/** SIGHUP. On a terminal it means that this was closed, which ends the program as SIGTERM would; elsewhere somebody asks for something. */
export function onHangUp(asked: () => void): void {
  process.on('SIGHUP', () => {
    if (process.stdin.isTTY || process.stdout.isTTY) process.kill(process.pid, 'SIGTERM');
    else asked();
  });
}
