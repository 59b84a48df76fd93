using System.Text;
using KestraGitHub.Configuration;
using Microsoft.Win32.SafeHandles;

namespace KestraGitHub.Cli;

/// <summary>Where data goes. Into a pipe that nobody reads any more the framework's own writer writes on in silence, and what follows a log would never end.</summary>
internal static class StandardOutput
{
    private const int Descriptor = 1;

    // EPIPE of each Unix.
    private const int BrokenPipe = 32;

    public static TextWriter Open()
    {
        if (OperatingSystem.IsWindows() || !Console.IsOutputRedirected) return Console.Out;
        try
        {
            var stream = new FileStream(new SafeFileHandle(Descriptor, ownsHandle: false), FileAccess.Write, bufferSize: 0);
            // A file has one place where writing goes on, which the standard error may share: only the system keeps it.
            return stream.CanSeek ? Console.Out : TextWriter.Synchronized(new RedactingWriter(new StreamWriter(stream, new UTF8Encoding(false)) { AutoFlush = true }));
        }
        catch (Exception e) when (e is IOException or ArgumentException or UnauthorizedAccessException)
        {
            return Console.Out;
        }
    }

    /// <summary>True where nobody reads any more, which is no fault.</summary>
    public static bool IsClosed(IOException error) => error.HResult == BrokenPipe;
}
