using System.CommandLine;

namespace KestraGitHub.Benchmarks.Pages;

internal static class PagesCommand
{
    public static Command Create()
    {
        var syncs = new Option<int>("--syncs") { DefaultValueFactory = _ => 5000 };
        var runs = new Option<int>("--runs") { DefaultValueFactory = _ => 1_000_000 };
        var rounds = new Option<int>("--rounds") { Description = "how often each page is asked for", DefaultValueFactory = _ => 100 };
        var postgres = new Option<bool>("--postgres") { Description = "beside SQLite, also on a PostgreSQL server of its own" };
        var command = new Command("pages", "How long pages take after a long history") { syncs, runs, rounds, postgres };
        command.SetAction((parsed, _) => new PagesBenchmark(parsed.GetValue(syncs), parsed.GetValue(runs), parsed.GetValue(rounds), parsed.GetValue(postgres)).RunAsync());
        return command;
    }
}
