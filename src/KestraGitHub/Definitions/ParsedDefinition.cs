namespace KestraGitHub.Definitions;

/// <summary>What became of one file: a definition, or everything that is wrong with it.</summary>
/// <param name="Key">Who the file says it is, also when it is broken otherwise; null when it does not say.</param>
/// <param name="Definition">Null exactly when there are faults.</param>
public sealed record ParsedDefinition(SyncKey? Key, Definition? Definition, IReadOnlyList<Fault> Faults)
{
    /// <summary>Who a file probably is whose YAML cannot be read at all; see <see cref="LikelyIdentity"/>.</summary>
    public SyncKey? Likely { get; init; }
}
