using System.Security.Cryptography;

namespace KestraGitHub.Webhooks;

/// <summary>The secret that the service makes for itself where none was configured: one line, readable by its owner alone.</summary>
internal sealed class WebhookSecretFile(string path)
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    public string FullPath { get; } = Path.GetFullPath(path);

    /// <summary>The secret, or null when there is no file.</summary>
    /// <exception cref="InvalidDataException">The file holds nothing.</exception>
    public async Task<string?> ReadAsync(CancellationToken ct)
    {
        string text;
        try
        {
            text = (await File.ReadAllTextAsync(FullPath, ct)).Trim();
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }

        return text.Length > 0
            ? text
            : throw new InvalidDataException(
                $"{FullPath} is empty: anyone could sign with it. Delete it and a new secret is made, or put GitHub's in.");
    }

    /// <summary>Makes the file with a new secret. Where another process was quicker, its secret is returned.</summary>
    public async Task<string> MakeAsync(CancellationToken ct)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(FullPath)!);
        var secret = RandomNumberGenerator.GetHexString(64, lowercase: true);
        var draft = $"{FullPath}.{Guid.NewGuid():N}";
        try
        {
            await WriteAsync(draft, secret, ct);

            // Moving, and only onto nothing, shows others the whole file or none, and lets one of two processes win.
            File.Move(draft, FullPath, overwrite: false);
            return secret;
        }
        catch (IOException) when (File.Exists(FullPath))
        {
            return await ReadAsync(ct) ?? throw new InvalidDataException($"{FullPath} came and went while it was read.");
        }
        finally
        {
            File.Delete(draft);
        }
    }

    public bool IsOpenToOthers() => !OperatingSystem.IsWindows() && (File.GetUnixFileMode(FullPath) & ~OwnerOnly) != 0;

    private static async Task WriteAsync(string file, string secret, CancellationToken ct)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, Share = FileShare.None };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = OwnerOnly;
        await using var stream = new FileStream(file, options);
        await using var writer = new StreamWriter(stream);
        await writer.WriteAsync($"{secret}\n".AsMemory(), ct);
    }
}
