using System.CommandLine;
using System.Runtime.Versioning;
using KestraGitHub.Benchmarks.Ack;
using KestraGitHub.Benchmarks.Idle;
using KestraGitHub.Benchmarks.Kindness;
using KestraGitHub.Benchmarks.Measuring;
using KestraGitHub.Benchmarks.Pages;
using KestraGitHub.Benchmarks.Sync;

[assembly: SupportedOSPlatform("linux")]

var root = new RootCommand("What the service costs, and what others cost beside it. See the README of this folder.")
{
    AckCommand.Create(),
    SyncCommand.Create(),
    TenantCommand.Create(),
    IdleCommand.Create(),
    KindnessCommand.Create(),
    PagesCommand.Create(),
    StreamCommand.Create(),
    BareServer.Command(),
};
try
{
    return await root.Parse(args).InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null });
}
catch (BenchmarkException e)
{
    await Console.Error.WriteLineAsync(e.Message);
    return 1;
}
