using KestraGitHub;
using KestraGitHub.Cli;

return args is [var first, ..] && CommandLine.Knows(first)
    ? await CommandLine.RunAsync(args, KestraGitHubHost.ServeAsync)
    : await KestraGitHubHost.ServeAsync(args);
