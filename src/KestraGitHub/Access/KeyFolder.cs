using System.Xml.Linq;
using KestraGitHub.Storage;
using Microsoft.AspNetCore.DataProtection.Repositories;

namespace KestraGitHub.Access;

/// <summary>Where the keys lie that sign cookies. The folder is made when the first key is, not when someone merely asks for the options.</summary>
internal sealed class KeyFolder(DataDirectory data, ILoggerFactory logs) : IXmlRepository
{
    private readonly Lazy<FileSystemXmlRepository> _files = new(() => new(new DirectoryInfo(data.Folder("keys")), logs));

    public IReadOnlyCollection<XElement> GetAllElements() => _files.Value.GetAllElements();

    public void StoreElement(XElement element, string friendlyName) => _files.Value.StoreElement(element, friendlyName);
}
