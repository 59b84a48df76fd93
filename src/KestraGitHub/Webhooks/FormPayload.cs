using System.Buffers.Text;

namespace KestraGitHub.Webhooks;

/// <summary>GitHub's form: one field, <c>payload</c>, that holds the JSON. Decoded as bytes, so that what is no UTF-8 is seen to be none.</summary>
internal static class FormPayload
{
    /// <summary>The field's decoded bytes; false when it is missing, there twice, or wrongly escaped.</summary>
    public static bool TryDecode(ReadOnlySpan<byte> form, out ReadOnlyMemory<byte> payload)
    {
        payload = default;
        var found = false;
        ReadOnlySpan<byte> value = default;
        foreach (var range in form.Split((byte)'&'))
        {
            var field = form[range];
            if (!field.StartsWith("payload="u8)) continue;
            if (found) return false;
            found = true;
            value = field["payload=".Length..];
        }

        return found && TryUnescape(value, out payload);
    }

    private static bool TryUnescape(ReadOnlySpan<byte> escaped, out ReadOnlyMemory<byte> text)
    {
        text = default;
        var plain = new byte[escaped.Length];
        var at = 0;
        for (var i = 0; i < escaped.Length; i++)
        {
            if (escaped[i] != '%')
            {
                plain[at++] = escaped[i] == '+' ? (byte)' ' : escaped[i];
                continue;
            }

            if (i + 2 >= escaped.Length || !Utf8Parser.TryParse(escaped.Slice(i + 1, 2), out byte code, out var read, 'x') || read != 2)
                return false;
            plain[at++] = code;
            i += 2;
        }

        text = plain.AsMemory(0, at);
        return true;
    }
}
