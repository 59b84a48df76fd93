using KestraGitHub;
using KestraGitHub.Cli;
using KestraGitHub.Configuration;
using KestraGitHub.Jobs;

RedactingWriter.Install();
return await CommandLine.RunAsync(args, new HostWork(KestraGitHubHost.ServeAsync, JobsRegistration.ProvisionAsync, KestraGitHubHost.Describe));
