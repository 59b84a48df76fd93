using System.CommandLine;

namespace KestraGitHub.StandIns.GitHub;

internal static class GitHubCommand
{
    public static Command Create()
    {
        var port = new Option<int>("--port") { Description = "0 = any free port", DefaultValueFactory = _ => 18991 };
        var root = new Option<string>("--root") { Description = "folder with bare repositories at OWNER/NAME.git", Required = true };
        var secret = new Option<string?>("--secret") { Description = "signs for hooks that are created without one" };
        var token = new Option<string?>("--token") { Description = "wanted of every caller, over REST and Git; makes every repository private" };
        var command = new Command("github", "A stand-in for GitHub: repositories over smart HTTP, webhooks, the REST calls around them")
        {
            port, root, secret, token,
        };
        command.SetAction(async (parsed, cancellation) =>
        {
            await using var standIn = await GitHubStandIn.StartAsync(new GitHubStandInOptions
            {
                Root = parsed.GetRequiredValue(root),
                Port = parsed.GetValue(port),
                Secret = parsed.GetValue(secret),
                Token = parsed.GetValue(token),
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
