using System.Text;

namespace KestraGitHub.Definitions;

/// <summary>The bytes of a file as text, or the reason why they are none.</summary>
internal static class YamlText
{
    public const int MaxBytes = 1 << 20;

    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    public static string? Decode(ReadOnlySpan<byte> bytes, FaultList faults)
    {
        if (bytes.Length > MaxBytes)
            return Refuse($"The file has {bytes.Length} bytes; a definition may have {MaxBytes}.",
                "Split it, or move what is no definition elsewhere.");
        if (bytes.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xFE]) || bytes.StartsWith((ReadOnlySpan<byte>)[0xFE, 0xFF]))
            return Refuse("The file is UTF-16.", "Save it as UTF-8.");
        if (bytes.StartsWith((ReadOnlySpan<byte>)[0xEF, 0xBB, 0xBF])) bytes = bytes[3..];

        // YamlDotNet takes NUL for the end of the text: what follows it would be lost without a word.
        if (bytes.Contains((byte)0)) return Refuse("The file holds NUL bytes: it is UTF-16 without a mark, or no text.", "Save it as UTF-8.");
        try
        {
            return Strict.GetString(bytes);
        }
        catch (DecoderFallbackException e)
        {
            return Refuse($"The file is not UTF-8: byte {e.Index} begins no character.", "Save it as UTF-8.");
        }

        string? Refuse(string message, string cure)
        {
            faults.Add((0, 0), message, cure);
            return null;
        }
    }
}
