namespace KestraGitHub.Git;

/// <summary>What a mirror says of one file.</summary>
/// <param name="Content">Null where there is none to be shown: it is <paramref name="Absent"/>, <paramref name="TooBig"/>, or nobody knows.</param>
/// <param name="Absent">The mirror has the commit, and there is no such file in it.</param>
internal sealed record Peeked(byte[]? Content, bool Absent = false, bool TooBig = false)
{
    public static Peeked Unknown { get; } = new((byte[]?)null);
}
