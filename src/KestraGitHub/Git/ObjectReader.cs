using System.Globalization;
using System.Text;

namespace KestraGitHub.Git;

/// <summary>One <c>cat-file --batch</c>: asked for one object after the other, each read to its end before the next.</summary>
internal sealed class ObjectReader(GitCall call, GitProcess process) : IAsyncDisposable
{
    private readonly byte[] _buffer = new byte[32768];
    private int _start;
    private int _end;

    /// <summary>Bytes of the present object that were not read yet.</summary>
    public long Left { get; private set; }

    /// <summary>False after a failure or a cancelled read: nobody knows where in the output it stands.</summary>
    public bool Usable { get; private set; } = true;

    public DateTimeOffset IdleSince { get; set; }

    public async Task AskAsync(IEnumerable<string> names, CancellationToken ct)
    {
        Usable = false;
        try
        {
            await process.Input.WriteAsync(Encoding.ASCII.GetBytes(string.Concat(names.Select(n => n + "\n"))), ct);
            await process.Input.FlushAsync(ct);
        }
        catch (IOException)
        {
            throw await BrokenAsync(ct);
        }
    }

    /// <summary>No more questions will come: what is buffered is written out.</summary>
    public void EndAsking() => process.Input.Close();

    /// <summary>The next answer's type and size; a null type means that there is no such object.</summary>
    public async Task<(string? Type, long Size)> AnswerAsync(CancellationToken ct)
    {
        var words = (await LineAsync(ct)).Split(' ');
        if (words.Length != 3)
        {
            Usable = true;
            return (null, 0);
        }

        Left = long.Parse(words[2], CultureInfo.InvariantCulture);
        return (words[1], Left);
    }

    public async ValueTask<int> ReadAsync(Memory<byte> to, CancellationToken ct)
    {
        if (Left == 0 || to.Length == 0) return 0;
        var wanted = (int)Math.Min(Left, to.Length);
        int read;
        if (_start < _end || wanted < _buffer.Length)
        {
            if (_start == _end) await FillAsync(ct);
            read = Math.Min(wanted, _end - _start);
            _buffer.AsMemory(_start, read).CopyTo(to);
            _start += read;
        }
        else
        {
            read = await process.Output.ReadAsync(to[..wanted], ct);
            if (read == 0) throw await BrokenAsync(ct);
        }

        Left -= read;
        if (Left == 0) await EndAsync(ct);
        return read;
    }

    /// <summary>After an answer of size 0, or when the last byte was read: the line end behind the object.</summary>
    public async ValueTask EndAsync(CancellationToken ct)
    {
        if (_start == _end) await FillAsync(ct);
        _start++;
        Usable = true;
    }

    public ValueTask DisposeAsync() => process.DisposeAsync();

    private async Task<string> LineAsync(CancellationToken ct)
    {
        var line = new StringBuilder();
        while (true)
        {
            if (_start == _end) await FillAsync(ct);
            var at = Array.IndexOf(_buffer, (byte)'\n', _start, _end - _start);
            line.Append(Encoding.UTF8.GetString(_buffer, _start, (at < 0 ? _end : at) - _start));
            _start = at < 0 ? _end : at + 1;
            if (at >= 0) return line.ToString();
            if (line.Length > 65536) throw await BrokenAsync(ct);
        }
    }

    private async Task FillAsync(CancellationToken ct)
    {
        (_start, _end) = (0, await process.Output.ReadAsync(_buffer, ct));
        if (_end == 0) throw await BrokenAsync(ct);
    }

    private async Task<GitException> BrokenAsync(CancellationToken ct)
    {
        Usable = false;
        var (code, errors) = await process.WaitAsync(ct);
        var fault = GitFaults.Of(call, code, errors);
        // It reads nothing but our own mirror: when it gives up, the mirror is at fault.
        return fault.Kind == GitErrorKind.Other ? new GitException(GitErrorKind.Corrupt, fault.Message, fault.Output) : fault;
    }
}
