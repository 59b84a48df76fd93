using System.Security.Cryptography;
using System.Text;

namespace KestraGitHub.IntegrationTests.Canary;

/// <summary>A secret that stands nowhere else in the world, and every disguise in which it could come out.</summary>
internal sealed class Canary
{
    private readonly string _core;
    private readonly List<string> _disguises = [];

    public Canary(string name, string tail = "/+&=")
    {
        (Name, _core) = (name, "Cnry" + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(12)));
        Value = _core + tail;
        for (var shift = 0; shift < 3; shift++)
        {
            // Whatever stands before and after it in what was encoded, these characters come out.
            var bytes = new byte[shift].Concat(Encoding.ASCII.GetBytes(_core)).ToArray();
            _disguises.Add(Convert.ToBase64String(bytes)[(shift == 0 ? 0 : shift + 1)..(bytes.Length / 3 * 4)]);
        }
    }

    public string Name { get; }

    public string Value { get; }

    /// <summary>Where it stands in a text, with what is around it; null when it does not.</summary>
    public string? FindIn(string text)
    {
        // Its core has only letters and digits: plain, URL-encoded, JSON and HTML all show it as it is.
        var at = text.IndexOf(_core, StringComparison.OrdinalIgnoreCase);
        for (var i = 0; at < 0 && i < _disguises.Count; i++) at = text.IndexOf(_disguises[i], StringComparison.Ordinal);
        return at < 0 ? null : text[Math.Max(0, at - 200)..Math.Min(text.Length, at + 80)];
    }
}
