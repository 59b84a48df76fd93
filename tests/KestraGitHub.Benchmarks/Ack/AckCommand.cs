using System.CommandLine;

namespace KestraGitHub.Benchmarks.Ack;

internal static class AckCommand
{
    public static Command Create()
    {
        var rounds = new Option<int>("--rounds") { Description = "how often each target has its turn", DefaultValueFactory = _ => 5 };
        var seconds = new Option<int>("--seconds") { Description = "of load in each turn", DefaultValueFactory = _ => 7 };
        var postgres = new Option<string?>("--postgres")
        {
            Description = "measure on PostgreSQL too: a connection string, or nothing for a server of its own",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var only = new Option<bool>("--only-service") { Description = "leave the others out" };
        var random = new Option<bool>("--random-guids") { Description = "deliveries have random guids, and not such as GitHub makes" };
        var command = new Command("ack", "Durable acknowledgements a second, beside Debian's webhook and a bare Kestrel") { rounds, seconds, postgres, only, random };
        command.SetAction((parsed, _) => new AckBenchmark(
            parsed.GetValue(rounds), TimeSpan.FromSeconds(parsed.GetValue(seconds)), parsed.GetResult(postgres) is { Implicit: false },
            parsed.GetValue(postgres), parsed.GetValue(only), parsed.GetValue(random)).RunAsync());
        return command;
    }
}
