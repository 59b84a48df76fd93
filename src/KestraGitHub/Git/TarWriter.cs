using System.Text;

namespace KestraGitHub.Git;

/// <summary>
/// Writes tar as GNU does (long names as entries of their own). The framework's writer holds a file in memory when it cannot seek in it, and puts the
/// id of this process into its headers.
/// </summary>
internal sealed class TarWriter(Stream to, DateTimeOffset time) : IArchiveWriter
{
    private const int Block = 512;
    private const int NameLength = 100;
    private static readonly byte[] LongName = "././@LongLink"u8.ToArray();

    /// <summary>Any bytes will do.</summary>
    public string? Complaint(CloneEntry entry) => null;

    public async Task FileAsync(byte[] name, bool executable, long size, Stream content, CancellationToken ct)
    {
        await HeaderAsync(name, [], '0', executable ? 0x1ED : 0x1A4, size, ct);
        await RepositoryArchive.CopyAsync(content, to, ct);
        await PadAsync(size, ct);
    }

    public Task LinkAsync(byte[] name, byte[] target, CancellationToken ct) => HeaderAsync(name, target, '2', 0x1FF, 0, ct);

    public Task DirectoryAsync(byte[] name, CancellationToken ct) => HeaderAsync([.. name, (byte)'/'], [], '5', 0x1ED, 0, ct);

    public async ValueTask DisposeAsync()
    {
        await to.WriteAsync(new byte[2 * Block]);
        await to.DisposeAsync();
    }

    private async Task HeaderAsync(byte[] name, byte[] target, char type, int mode, long size, CancellationToken ct)
    {
        if (target.Length > NameLength) await LongAsync('K', target, ct);
        if (name.Length > NameLength) await LongAsync('L', name, ct);
        await to.WriteAsync(Header(name, target, type, mode, size), ct);
    }

    private async Task LongAsync(char type, byte[] text, CancellationToken ct)
    {
        await to.WriteAsync(Header(LongName, [], type, 0x1A4, text.Length + 1), ct);
        await to.WriteAsync(text, ct);
        to.WriteByte(0);
        await PadAsync(text.Length + 1, ct);
    }

    private async Task PadAsync(long size, CancellationToken ct)
    {
        if (size % Block is var over and not 0) await to.WriteAsync(new byte[Block - over], ct);
    }

    private byte[] Header(byte[] name, byte[] target, char type, int mode, long size)
    {
        var header = new byte[Block];
        name.AsSpan(0, Math.Min(name.Length, NameLength)).CopyTo(header);
        Octal(header.AsSpan(100, 8), mode);
        Octal(header.AsSpan(108, 8), 0);
        Octal(header.AsSpan(116, 8), 0);
        Size(header.AsSpan(124, 12), size);
        Octal(header.AsSpan(136, 12), Math.Clamp(time.ToUnixTimeSeconds(), 0, 0x1FFFFFFFF));
        header[156] = (byte)type;
        target.AsSpan(0, Math.Min(target.Length, NameLength)).CopyTo(header.AsSpan(157));
        "ustar  \0"u8.CopyTo(header.AsSpan(257));
        "root"u8.CopyTo(header.AsSpan(265));
        "root"u8.CopyTo(header.AsSpan(297));
        // The sum is taken with spaces in its own place.
        header.AsSpan(148, 8).Fill((byte)' ');
        var sum = 0;
        foreach (var value in header) sum += value;
        Octal(header.AsSpan(148, 7), sum);
        return header;
    }

    /// <summary>Eleven octal digits reach to 8 GiB; beyond that GNU writes the number itself, with the first bit set.</summary>
    private static void Size(Span<byte> field, long size)
    {
        if (size <= 0x1FFFFFFFF)
        {
            Octal(field, size);
            return;
        }

        for (var i = field.Length - 1; i > 0; i--, size >>= 8) field[i] = (byte)size;
        field[0] = 0x80;
    }

    private static void Octal(Span<byte> field, long value) =>
        Encoding.ASCII.GetBytes(Convert.ToString(value, 8).PadLeft(field.Length - 1, '0') + '\0', field);
}
