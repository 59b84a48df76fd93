using System.ComponentModel;
using System.Runtime.InteropServices;
using KestraGitHub.Demo;
using KestraGitHub.StandIns.Git;

const int Misused = 2;
var once = args is ["--once"];
if (args.Length > 0 && !once)
{
    Console.WriteLine("usage: dotnet run --project tests/KestraGitHub.Demo [-- --once]");
    Console.WriteLine("  --once  end after the first sync: 0 when Kestra holds exactly what Git holds");
    return args is ["--help" or "-h"] ? 0 : Misused;
}

try
{
    GitSandbox.Run(Path.GetTempPath(), ["--version"]);
}
catch (Win32Exception)
{
    Console.Error.WriteLine("The demo needs the git program, and it is not on the PATH. Install git and start the demo again.");
    return Misused;
}

using var stop = new CancellationTokenSource();
var signals = new[] { PosixSignal.SIGINT, PosixSignal.SIGTERM, PosixSignal.SIGHUP }.Select(signal => PosixSignalRegistration.Create(signal, context =>
{
    context.Cancel = true;
    stop.Cancel();
})).ToList();
try
{
    await using var demo = new Demo(new Screen(), once);
    return await demo.RunAsync(stop.Token);
}
finally
{
    signals.ForEach(s => s.Dispose());
}
