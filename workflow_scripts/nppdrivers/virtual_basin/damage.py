"""INTERIM land degradation."""
import numpy as np
from rasterio.features import rasterize
from affine import Affine
def land_degradation(layers, grid):
    k=3
    t=grid.transform@Affine.scale(1/k); shape=(grid.height*k,grid.width*k)
    def burn(frame,values):
        out=np.zeros(shape,np.float32)
        order=np.argsort(values,kind="stable")
        if len(frame): rasterize([(frame.geometry.iloc[i],float(values[i])) for i in order],out=out,transform=t)
        return out.reshape(grid.height,k,grid.width,k).mean((1,3))
    def norm(v,hi): return np.clip(v/hi,0,1)
    L=layers; sub=L["subsidence"]; col=L["collapse"]; g=L["goaf"]; s=L["seep"]; c=L["cracks"]
    depth=np.maximum(burn(sub,sub.depth_m.values),burn(col,col.depth_m.values))
    slope=np.maximum(burn(sub,sub.slope_change_mm_m.values),burn(col,col.slope_change_mm_m.values))
    ratio=burn(g,(g.thickness_m/g.depth_m).values); seep=burn(s,s.severity.values)
    import scipy.ndimage as nd
    cc=c.assign(geometry=c.buffer(10))
    width=burn(cc,c.width_m.values); dens=nd.uniform_filter(burn(cc,np.ones(len(c))),7)*30*30/20/9e-2
    return (.333*norm(depth,5)+.195*norm(slope,40)+.195*norm(dens,300)+.107*norm(width,.5)+.107*norm(ratio,.04)+.064*norm(seep,1)).astype(np.float32)
