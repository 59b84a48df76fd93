using System.CommandLine;

namespace KestraGitHub.StandIns.Git;

/// <summary><c>git --port N --root DIR</c>: serves the bare repositories below a folder until it is stopped.</summary>
public static class GitCommand
{
    public static Command Create()
    {
        var port = new Option<int>("--port") { Description = "Port on 127.0.0.1; 0 takes a free one.", DefaultValueFactory = _ => 18992 };
        var root = new Option<string>("--root") { Description = "Folder with bare repositories.", Required = true };
        var username = new Option<string?>("--username") { Description = "Wanted of every caller, with --password." };
        var password = new Option<string?>("--password");
        var command = new Command("git", "A Git server over smart HTTP.") { port, root, username, password };
        command.SetAction(async (parsed, ct) =>
        {
            await using var server = await GitHttpServer.StartAsync(parsed.GetRequiredValue(root), parsed.GetValue(port));
            if (parsed.GetValue(username) is { } user) server.Account = (user, parsed.GetValue(password) ?? "");
            Console.WriteLine($"git: {server.Url}");
            await server.WaitAsync(ct);
        });
        return command;
    }
}
