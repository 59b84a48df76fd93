namespace KestraGitHub.Configuration;

/// <summary>The configuration cannot be used. The message names every fault, one a line, and never a value.</summary>
public sealed class ConfigurationException(IReadOnlyList<string> faults)
    : Exception(string.Join("\n  ", faults.Prepend(faults.Count == 1 ? "The configuration has a fault:" : $"The configuration has {faults.Count} faults:")))
{
    /// <summary>What the process ends with: not 1, so that a script can tell a wrong configuration from a crash.</summary>
    public const int ExitCode = 2;

    public IReadOnlyList<string> Faults => faults;
}
