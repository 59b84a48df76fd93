using System.Globalization;
using Microsoft.Extensions.Options;

namespace KestraGitHub.Storage;

/// <summary>The folder with everything the service keeps. One process at a time owns it.</summary>
internal sealed class DataDirectory(IOptions<DataOptions> options) : IDisposable
{
    private const UnixFileMode PrivateFile = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode PrivateFolder = PrivateFile | UnixFileMode.UserExecute;

    // What the framework reports for a lock that another holds: Linux, other Unix, Windows.
    private const int WouldBlock = 11;
    private const int WouldBlockElsewhere = 35;
    private const int SharingViolation = unchecked((int)0x80070020);

    private FileStream? _lock;

    public string Root => Path.GetFullPath(options.Value.Path);

    public string DatabaseFile => Path.Combine(Root, "kestra-github.db");

    private string LockFile => Path.Combine(Root, "lock");

    private string OwnerFile => Path.Combine(Root, "lock.pid");

    /// <summary>Makes the folder and takes it for this process until it ends. A second call does nothing.</summary>
    /// <exception cref="StorageRefusedException">Another process has it, or it cannot be written.</exception>
    public void Open()
    {
        if (_lock is not null) return;
        try
        {
            CreateFolder(Root);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StorageRefusedException($"The data folder {Root} cannot be made: {e.Message} Set Data:Path to a folder this user may write.", e);
        }

        try
        {
            // No sharing is a lock of the whole file that the system drops with the process, however that ends.
            _lock = new FileStream(LockFile, PrivateOptions(FileMode.OpenOrCreate, FileShare.None));
        }
        catch (IOException e) when (e.HResult is WouldBlock or WouldBlockElsewhere or SharingViolation)
        {
            throw new StorageRefusedException(
                $"The data folder {Root} is in use by another server{Owner()}. Stop that one, or give this one a Data:Path of its own.", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StorageRefusedException(
                $"The data folder {Root} cannot be written: {e.Message} Give it to the user of the service, or set another Data:Path.", e);
        }

        WritePrivateFile(OwnerFile, Environment.ProcessId.ToString(CultureInfo.InvariantCulture));
    }

    /// <summary>A sub-folder that only this user can read, made when it is not there.</summary>
    public string Folder(string name) => CreateFolder(Path.Combine(Root, name));

    /// <summary>Content of a file in the folder, or null when there is none.</summary>
    public string? ReadPrivateFile(string name)
    {
        var path = Path.Combine(Root, name);
        return File.Exists(path) ? File.ReadAllText(path) : null;
    }

    /// <summary>Writes a file that only this user can read: whole or not at all.</summary>
    /// <returns>Its full path.</returns>
    public string WritePrivateFile(string name, string content)
    {
        var path = Path.Combine(Root, name);
        CreateFolder(Path.GetDirectoryName(path)!);
        var fresh = $"{path}.{Guid.NewGuid():N}";
        try
        {
            using (var stream = new FileStream(fresh, PrivateOptions(FileMode.CreateNew, FileShare.None)))
            {
                using var writer = new StreamWriter(stream);
                writer.Write(content);
                writer.Flush();
                stream.Flush(flushToDisk: true);
            }

            File.Move(fresh, path, overwrite: true);
        }
        finally
        {
            File.Delete(fresh);
        }

        return path;
    }

    public void Dispose()
    {
        if (_lock is null) return;
        File.Delete(OwnerFile);
        _lock.Dispose();
        _lock = null;
    }

    private string Owner()
    {
        try
        {
            return File.Exists(OwnerFile) ? $" (process {File.ReadAllText(OwnerFile)})" : "";
        }
        catch (IOException)
        {
            return "";
        }
    }

    private static string CreateFolder(string path)
    {
        if (OperatingSystem.IsWindows()) Directory.CreateDirectory(path);
        else Directory.CreateDirectory(path, PrivateFolder);
        return path;
    }

    private static FileStreamOptions PrivateOptions(FileMode mode, FileShare share)
    {
        var options = new FileStreamOptions { Mode = mode, Access = FileAccess.ReadWrite, Share = share };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = PrivateFile;
        return options;
    }
}
