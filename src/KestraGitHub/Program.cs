using KestraGitHub;
using KestraGitHub.Cli;
using KestraGitHub.Configuration;
using KestraGitHub.Jobs;

RedactingWriter.Install();
return args is [var first, ..] && CommandLine.Knows(first)
    ? await CommandLine.RunAsync(args, new HostWork(KestraGitHubHost.ServeAsync, JobsRegistration.ProvisionAsync, KestraGitHubHost.Describe))
    : await KestraGitHubHost.ServeAsync(args);
