using System.Buffers.Text;

namespace KestraGitHub.Webhooks;

/// <summary>GitHub's form: one field, <c>payload</c>, that holds the JSON. Decoded as bytes, so that what is no UTF-8 is seen to be none.</summary>
internal static class FormPayload
{
    /// <summary>The field's decoded bytes; null when it is missing, there twice, or wrongly escaped.</summary>
    public static byte[]? Decode(ReadOnlySpan<byte> form)
    {
        var found = false;
        ReadOnlySpan<byte> value = default;
        foreach (var range in form.Split((byte)'&'))
        {
            var field = form[range];
            if (!field.StartsWith("payload="u8)) continue;
            if (found) return null;
            found = true;
            value = field["payload=".Length..];
        }

        return found ? Unescape(value) : null;
    }

    private static byte[]? Unescape(ReadOnlySpan<byte> escaped)
    {
        var plain = new byte[escaped.Length - (2 * escaped.Count((byte)'%'))];
        var at = 0;
        for (var i = 0; i < escaped.Length; i++)
        {
            if (escaped[i] != '%')
            {
                plain[at++] = escaped[i] == '+' ? (byte)' ' : escaped[i];
                continue;
            }

            if (i + 2 >= escaped.Length || !Utf8Parser.TryParse(escaped.Slice(i + 1, 2), out byte code, out var read, 'x') || read != 2) return null;
            plain[at++] = code;
            i += 2;
        }

        return plain;
    }
}
