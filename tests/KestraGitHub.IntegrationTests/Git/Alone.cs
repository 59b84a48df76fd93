namespace KestraGitHub.IntegrationTests.Git;

/// <summary>For tests that look at the whole process or machine: memory, the list of processes.</summary>
[CollectionDefinition("alone", DisableParallelization = true)]
public sealed class Alone;
