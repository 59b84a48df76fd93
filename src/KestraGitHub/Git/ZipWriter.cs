using System.IO.Compression;
using System.Text;

namespace KestraGitHub.Git;

/// <summary>Writes zip with modes and links as Info-ZIP keeps them: in the upper half of the external attributes.</summary>
internal sealed class ZipWriter(Stream to, DateTimeOffset time) : IArchiveWriter
{
    private readonly ZipArchive _zip = new(to, ZipArchiveMode.Create, leaveOpen: true);

    /// <summary>Programs that unpack differ in what a backslash or a foreign byte is; some leave the directory by it.</summary>
    public string? Complaint(CloneEntry entry) =>
        entry.Source.Path is null ? "its name is not UTF-8, which a zip cannot hold; ask for the .tar.gz"
        : entry.Shown.Any(c => c == '\\' || char.IsControl(c)) ? "its name has a backslash or a control character, which is not safe in a zip; ask for the .tar.gz"
        : null;

    public async Task FileAsync(byte[] name, bool executable, long size, Stream content, CancellationToken ct)
    {
        await using var entry = await Create(name, executable ? 0x81ED : 0x81A4).OpenAsync(ct);
        await RepositoryArchive.CopyAsync(content, entry, ct);
    }

    public async Task LinkAsync(byte[] name, byte[] target, CancellationToken ct)
    {
        await using var entry = await Create(name, 0xA1FF).OpenAsync(ct);
        await entry.WriteAsync(target, ct);
    }

    public async Task DirectoryAsync(byte[] name, CancellationToken ct)
    {
        await using var entry = await Create([.. name, (byte)'/'], 0x41ED).OpenAsync(ct);
    }

    public async ValueTask DisposeAsync() => await _zip.DisposeAsync();

    private ZipArchiveEntry Create(byte[] name, int mode)
    {
        var entry = _zip.CreateEntry(Encoding.UTF8.GetString(name), CompressionLevel.Optimal);
        entry.ExternalAttributes = mode << 16;
        entry.LastWriteTime = Between1980And2107(time.ToUniversalTime());
        return entry;
    }

    private static DateTimeOffset Between1980And2107(DateTimeOffset moment) => moment.Year switch
    {
        < 1980 => new DateTimeOffset(1980, 1, 1, 0, 0, 0, TimeSpan.Zero),
        > 2107 => new DateTimeOffset(2107, 12, 31, 0, 0, 0, TimeSpan.Zero),
        _ => moment,
    };
}
