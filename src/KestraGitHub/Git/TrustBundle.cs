namespace KestraGitHub.Git;

/// <summary>Own certificates beside the system's: git takes one file, so all are put into one.</summary>
internal static class TrustBundle
{
    private static readonly string[] SystemFiles =
        ["/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/ca-bundle.pem", "/etc/ssl/cert.pem"];

    private static readonly string[] Variables = ["GIT_SSL_CAINFO", "SSL_CERT_FILE"];

    /// <param name="own">The files, each with the setting that names it.</param>
    /// <returns>The one file for git.</returns>
    public static string Write(IReadOnlyList<(string Setting, string Path)> own, string folder)
    {
        var system = Variables.Select(Environment.GetEnvironmentVariable).Concat(SystemFiles).FirstOrDefault(File.Exists);
        var parts = own.Select(o => Read(o.Setting, o.Path)).Prepend(system is null ? "" : File.ReadAllText(system));
        var file = Path.Combine(folder, "ca.pem");
        File.WriteAllText(file, string.Join('\n', parts) + "\n");
        return file;
    }

    private static string Read(string setting, string path)
    {
        string text;
        try
        {
            text = File.ReadAllText(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new GitException(
                GitErrorKind.Certificate, $"The file of {setting}, '{path}', cannot be read by the service. Put it where the service runs.", "", e);
        }

        return text.Contains("-----BEGIN CERTIFICATE-----", StringComparison.Ordinal) ? text
            : throw new GitException(GitErrorKind.Certificate,
                $"The file of {setting}, '{path}', holds no PEM certificate. Give a file with 'BEGIN CERTIFICATE' parts.");
    }
}
