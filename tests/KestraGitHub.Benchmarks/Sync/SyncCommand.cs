using System.CommandLine;
namespace KestraGitHub.Benchmarks.Sync;
internal static class SyncCommand { public static Command Create() => new("sync"); }
