using System.CommandLine;
using KestraGitHub.StandIns.Git;
using KestraGitHub.StandIns.GitHub;
using KestraGitHub.StandIns.Kestra;

// One line per stand-in: each command lives in its own file and hands out its own options.
var root = new RootCommand("Stand-ins for the servers the service talks to. They start empty and listen on 127.0.0.1 only.")
{
    KestraCommand.Create(),
    GitHubCommand.Create(),
    GitCommand.Create(),
};
return await root.Parse(args).InvokeAsync();
