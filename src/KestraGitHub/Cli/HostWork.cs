using KestraGitHub.Configuration;

namespace KestraGitHub.Cli;

/// <summary>What only the whole can do, and commands ask for.</summary>
/// <param name="ServeAsync">Runs the service with these arguments, and returns its exit code.</param>
/// <param name="ProvisionAsync">Makes what parts of the service keep in the database beside the schema, where it is missing.</param>
/// <param name="Describe">The configuration that the service would have with these arguments, and what of it each part reads. Nothing is started.</param>
internal sealed record HostWork(
    Func<string[], Task<int>> ServeAsync, Func<IConfiguration, CancellationToken, Task> ProvisionAsync, Func<IReadOnlyList<string>, DescribedConfiguration> Describe);

/// <param name="Faults">What is wrong with it, as sentences.</param>
internal sealed record DescribedConfiguration(IConfigurationRoot Root, IReadOnlyList<BoundSection> Sections, IReadOnlyList<string> Faults);
