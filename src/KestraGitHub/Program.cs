using KestraGitHub;
using KestraGitHub.Cli;

return args is [var first, ..] && CommandLine.Knows(first)
    ? await CommandLine.Create(KestraGitHubHost.ServeAsync).Parse(args).InvokeAsync()
    : await KestraGitHubHost.ServeAsync(args);
