using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace KestraGitHub.StandIns.Git;

/// <summary>Hands a request to <c>git http-backend</c> as a web server's CGI module does.</summary>
internal static class GitBackend
{
    public static async Task AnswerAsync(HttpContext context, string root, long? cutAfter)
    {
        var request = context.Request;
        var start = new ProcessStartInfo("git") { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in new[] { "-c", "safe.directory=*", "-c", "uploadpack.allowAnySHA1InWant=true", "http-backend" }) start.ArgumentList.Add(argument);
        var environment = start.Environment;
        foreach (var name in environment.Keys.Where(k => k.StartsWith("GIT_", StringComparison.Ordinal)).ToList()) environment.Remove(name);
        (environment["GIT_PROJECT_ROOT"], environment["GIT_HTTP_EXPORT_ALL"]) = (root, "1");
        (environment["GIT_CONFIG_NOSYSTEM"], environment["GIT_CONFIG_GLOBAL"]) = ("1", "/dev/null");
        (environment["REQUEST_METHOD"], environment["PATH_INFO"]) = (request.Method, request.Path.Value);
        (environment["QUERY_STRING"], environment["CONTENT_TYPE"]) = (request.QueryString.Value?.TrimStart('?'), request.ContentType);
        (environment["REMOTE_ADDR"], environment["REMOTE_USER"]) = ("127.0.0.1", "someone");
        (environment["HTTP_CONTENT_ENCODING"], environment["GIT_PROTOCOL"]) = (request.Headers.ContentEncoding.ToString(), request.Headers["Git-Protocol"].ToString());
        if (request.ContentLength is { } length) environment["CONTENT_LENGTH"] = length.ToString(CultureInfo.InvariantCulture);

        using var git = Process.Start(start)!;
        var ct = context.RequestAborted;
        try
        {
            var errors = git.StandardError.ReadToEndAsync(ct);
            var sending = SendAsync(request.Body, git.StandardInput.BaseStream, ct);
            var output = new BufferedStream(git.StandardOutput.BaseStream, 65536);
            ReadHead(output, context.Response);
            await CopyAsync(output, context, cutAfter, ct);
            await sending;
        }
        catch (Exception e) when (e is OperationCanceledException or IOException)
        {
            context.Abort();
        }
        finally
        {
            if (!git.HasExited) git.Kill(entireProcessTree: true);
        }
    }

    private static async Task SendAsync(Stream body, Stream stdin, CancellationToken ct)
    {
        try
        {
            await body.CopyToAsync(stdin, ct);
        }
        catch (IOException)
        {
            // git has heard enough.
        }
        finally
        {
            await stdin.DisposeAsync();
        }
    }

    private static void ReadHead(BufferedStream output, HttpResponse response)
    {
        while (Line(output) is { Length: > 0 } line)
        {
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            var (name, value) = (line[..colon], line[(colon + 1)..].Trim());
            if (name == "Status") response.StatusCode = int.Parse(value.Split(' ')[0], CultureInfo.InvariantCulture);
            else response.Headers[name] = value;
        }
    }

    private static string Line(Stream output)
    {
        var line = new StringBuilder();
        for (int b; (b = output.ReadByte()) >= 0 && b != '\n';)
            if (b != '\r') line.Append((char)b);
        return line.ToString();
    }

    private static async Task CopyAsync(Stream output, HttpContext context, long? cutAfter, CancellationToken ct)
    {
        var buffer = new byte[65536];
        long sent = 0;
        for (int read; (read = await output.ReadAsync(buffer, ct)) > 0; sent += read)
        {
            var part = cutAfter is { } cut ? (int)Math.Min(read, cut - sent) : read;
            await context.Response.Body.WriteAsync(buffer.AsMemory(0, part), ct);
            if (part == read) continue;
            await context.Response.Body.FlushAsync(ct);
            context.Abort();
            return;
        }
    }
}
