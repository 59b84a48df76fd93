using System.Security.Cryptography;
using System.Text;

namespace KestraGitHub.Reconciliation;

/// <summary>Names a text by its SHA-256, in small hexadecimal digits: for comparing, and for names of what must not show what it is of.</summary>
internal static class TextDigest
{
    public static string Of(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}
