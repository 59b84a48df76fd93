namespace KestraGitHub.Git;

/// <summary>A task's own certificates beside the system's: git takes one file, so both are put into one.</summary>
internal static class TrustBundle
{
    private static readonly string[] SystemFiles =
        ["/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/ca-bundle.pem", "/etc/ssl/cert.pem"];

    private static readonly string[] Variables = ["GIT_SSL_CAINFO", "SSL_CERT_FILE"];

    public static string Write(string pemPath, string folder)
    {
        string own;
        try
        {
            own = File.ReadAllText(pemPath);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new GitException(
                GitErrorKind.Certificate,
                    $"The file of trustedCaPemPath, '{pemPath}', cannot be read by the service. Put it where the service runs.", "", e);
        }

        if (!own.Contains("-----BEGIN CERTIFICATE-----", StringComparison.Ordinal))
            throw new GitException(GitErrorKind.Certificate,
                $"The file of trustedCaPemPath, '{pemPath}', holds no PEM certificate. Give a file with 'BEGIN CERTIFICATE' parts.");
        var file = Path.Combine(folder, "ca.pem");
        var system = Variables.Select(Environment.GetEnvironmentVariable).Concat(SystemFiles).FirstOrDefault(File.Exists);
        File.WriteAllText(file, (system is null ? "" : File.ReadAllText(system) + "\n") + own + "\n");
        return file;
    }
}
