using System.CommandLine;

namespace KestraGitHub.StandIns.Kestra;

internal static class KestraCommand
{
    public static Command Create()
    {
        var version = new Option<string>("--version") { Description = "1.3 or 2.0", DefaultValueFactory = _ => "2.0" };
        version.AcceptOnlyFromAmong("1.3", "2.0");
        var edition = new Option<string>("--edition") { Description = "OSS or EE", DefaultValueFactory = _ => "OSS" };
        edition.AcceptOnlyFromAmong("OSS", "EE");
        var port = new Option<int>("--port") { Description = "0 = any free port", DefaultValueFactory = _ => 18990 };
        var username = new Option<string>("--username") { DefaultValueFactory = _ => "admin@kestra.io" };
        var password = new Option<string>("--password") { DefaultValueFactory = _ => "Kestra1234" };
        var apiToken = new Option<string?>("--api-token") { Description = "EE: a bearer token that is accepted" };
        var problemDetails = new Option<bool>("--problem-details") { Description = "errors and headers as announced for 2.0.0" };
        var costs = new Option<bool>("--costs") { Description = "as slow as a real server" };
        var putAbsentHangs = new Option<bool>("--put-absent-hangs") { Description = "a PUT of an absent flow never answers" };
        var plugins = new Option<string>("--plugins")
        {
            Description = "prefixes of task types that count as installed, separated by commas",
            DefaultValueFactory = _ => "",
        };
        var command = new Command("kestra", "A stand-in for Kestra's REST API")
        {
            version, edition, port, username, password, apiToken, problemDetails, costs, putAbsentHangs, plugins,
        };
        command.SetAction(async (parsed, cancellation) =>
        {
            await using var standIn = await KestraStandIn.StartAsync(new KestraStandInOptions
            {
                Version = parsed.GetValue(version)!,
                Edition = parsed.GetValue(edition)!,
                Port = parsed.GetValue(port),
                Username = parsed.GetValue(username)!,
                Password = parsed.GetValue(password)!,
                ApiToken = parsed.GetValue(apiToken),
                ProblemDetails = parsed.GetValue(problemDetails),
                Costs = parsed.GetValue(costs),
                PutAbsentHangs = parsed.GetValue(putAbsentHangs),
                Plugins = parsed.GetValue(plugins)!.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries),
            });
            Console.WriteLine($"listening on {standIn.BaseUrl.GetLeftPart(UriPartial.Authority)}");
            try
            {
                await Task.Delay(Timeout.Infinite, cancellation);
            }
            catch (OperationCanceledException)
            {
            }

            return 0;
        });
        return command;
    }
}
