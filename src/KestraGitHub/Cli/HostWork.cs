namespace KestraGitHub.Cli;

/// <summary>What only the whole can do, and commands ask for.</summary>
/// <param name="ServeAsync">Runs the service with these arguments, and returns its exit code.</param>
/// <param name="ProvisionAsync">Makes what parts of the service keep in the database beside the schema, where it is missing.</param>
internal sealed record HostWork(Func<string[], Task<int>> ServeAsync, Func<IConfiguration, CancellationToken, Task> ProvisionAsync);
