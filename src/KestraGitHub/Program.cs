using KestraGitHub;
using KestraGitHub.Cli;
using KestraGitHub.Jobs;

return args is [var first, ..] && CommandLine.Knows(first)
    ? await CommandLine.RunAsync(args, new HostWork(KestraGitHubHost.ServeAsync, JobsRegistration.ProvisionAsync))
    : await KestraGitHubHost.ServeAsync(args);
