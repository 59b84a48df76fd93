namespace KestraGitHub.Git;

/// <summary>One entry of a tree.</summary>
/// <param name="Mode">The type bits of git's mode.</param>
/// <param name="Size">Bytes of a blob.</param>
/// <param name="Path">From where the listing began; null when its bytes are not UTF-8.</param>
internal sealed record TreeEntry(int Mode, string Id, long Size, string? Path)
{
    public const int TypeMask = 0xF000;
    public const int Directory = 0x4000;
    public const int File = 0x8000;
    public const int Symlink = 0xA000;
    public const int Submodule = 0xE000;

    /// <summary>Git's whole mode, <c>100755</c> for a program: a file keeps it when its content changes.</summary>
    public string FullMode { get; init; } = "100644";

    /// <summary>The path's bytes where they are not UTF-8.</summary>
    public ReadOnlyMemory<byte> RawPath { get; init; }

    /// <summary>The path as it can be shown when it is not UTF-8.</summary>
    public string Shown { get; init; } = Path ?? "";
}
