namespace KestraGitHub.Definitions;

/// <summary>Something wrong in a definition: what, where, and what to do about it.</summary>
/// <param name="Line">1-based; 0 when the fault is the whole file's.</param>
/// <param name="Column">1-based; 0 when the fault is the whole file's.</param>
/// <param name="Cure">What the author can do, as a sentence.</param>
public sealed record Fault(string File, int Line, int Column, string Message, string Cure)
{
    public override string ToString() => Line > 0 ? $"{File}:{Line}:{Column}: {Message} {Cure}" : $"{File}: {Message} {Cure}";
}
