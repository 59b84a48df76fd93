using System.CommandLine;
namespace KestraGitHub.Benchmarks.Idle;
internal static class IdleCommand { public static Command Create() => new("idle"); }
