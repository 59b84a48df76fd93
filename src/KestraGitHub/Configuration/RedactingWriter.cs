using System.Text;

namespace KestraGitHub.Configuration;

/// <summary>The process's output without secrets: whatever formatter the log is set to, it ends here.</summary>
public sealed class RedactingWriter(TextWriter inner) : TextWriter
{
    public override Encoding Encoding => inner.Encoding;

    /// <summary>Once, before anything else is written.</summary>
    public static void Install()
    {
        Console.SetOut(new RedactingWriter(Console.Out));
        Console.SetError(new RedactingWriter(Console.Error));
    }

    public override void Write(char value) => inner.Write(value);

    public override void Write(string? value) => inner.Write(Redaction.Clean(value));

    public override void Write(char[] buffer, int index, int count) => inner.Write(Redaction.Clean(new string(buffer, index, count)));

    public override void Write(ReadOnlySpan<char> buffer) => inner.Write(Redaction.Clean(buffer.ToString()));

    public override void WriteLine(string? value) => inner.WriteLine(Redaction.Clean(value));

    public override Task WriteAsync(string? value) => inner.WriteAsync(Redaction.Clean(value));

    public override Task WriteLineAsync(string? value) => inner.WriteLineAsync(Redaction.Clean(value));

    public override void Flush() => inner.Flush();

    public override Task FlushAsync() => inner.FlushAsync();
}
